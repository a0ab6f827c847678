/** Entry of the recordings page. */
import { mount } from '../ui/mount.tsx';
import './recordings.css';
import { RecordingsPage } from './recordings-page.tsx';

mount(<RecordingsPage />);
