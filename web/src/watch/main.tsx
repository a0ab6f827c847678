/** Entry of the viewer page. */
import { tokenFromHash, webinarIdFromPath } from '../lib/route.ts';
import { mount } from '../ui/mount.tsx';
import './watch.css';
import { MissingEvent, WatchPage } from './watch-page.tsx';

const webinarId = webinarIdFromPath(location.pathname, 'watch');
const invitation = tokenFromHash(location.hash);
mount(webinarId === undefined ? <MissingEvent /> : <WatchPage webinarId={webinarId} invitation={invitation} />);
