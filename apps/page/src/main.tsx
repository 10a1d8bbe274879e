import { render } from 'preact';
import './styles/main.css';
import { App } from './app.js';

const root = document.getElementById('page')!;
root.replaceChildren();
render(<App />, root);
