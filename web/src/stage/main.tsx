/** Entry of the stage page. */
import { tokenFromHash, webinarIdFromPath } from '../lib/route.ts';
import { mount } from '../ui/mount.tsx';
import './stage.css';
import { MissingInvitation, StagePage } from './stage-page.tsx';

const webinarId = webinarIdFromPath(location.pathname, 'stage');
const token = tokenFromHash(location.hash);
// Another invitation opened in the same tab changes only the fragment, which loads nothing by itself.
window.addEventListener('hashchange', () => location.reload());

mount(
  webinarId === undefined || token === undefined ? (
    <MissingInvitation />
  ) : (
    <StagePage webinarId={webinarId} token={token} />
  ),
);
