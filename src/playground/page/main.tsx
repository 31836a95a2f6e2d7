/** @jsxImportSource preact */
import { render } from 'preact';
import { App } from './App.tsx';

const root = document.getElementById('app');
if (!root) throw new Error('the document has no element #app to draw in');
render(<App />, root);
