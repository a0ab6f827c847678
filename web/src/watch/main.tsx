/** Entry of the viewer page. */
import { webinarIdFromPath } from '../lib/route.ts';
import { mount } from '../ui/mount.tsx';
import './watch.css';
import { MissingEvent, WatchPage } from './watch-page.tsx';

const webinarId = webinarIdFromPath(location.pathname, 'watch');
mount(webinarId === undefined ? <MissingEvent /> : <WatchPage webinarId={webinarId} />);
