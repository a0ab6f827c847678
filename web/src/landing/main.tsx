/** Entry of the landing page. */
import { mount } from '../ui/mount.tsx';
import './landing.css';
import { LandingPage } from './landing-page.tsx';

mount(<LandingPage />);
