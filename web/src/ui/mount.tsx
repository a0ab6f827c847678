/** Starts a page: shared styles and one root component in `#app`. */
import { render, type ComponentChild } from 'preact';
import './base.css';

export function mount(page: ComponentChild): void {
  const root = document.getElementById('app');
  if (root === null) throw new Error('The page has no #app element.');
  render(page, root);
}
