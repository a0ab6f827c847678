/** The stage for another page, with its styles. */
import './stage.css';

export { StagePage } from './stage-page.tsx';
