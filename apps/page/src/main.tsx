import { render } from 'preact';
import './styles/main.css';
import { App } from './app.js';

render(<App />, document.getElementById('page')!);
