import { render } from 'preact';

import { App } from './app';
import { applyTheme, readTheme } from './base/theme';
import './style/base.css';
import './style/parts.css';
import './style/pages.css';
import './style/graph.css';

applyTheme(readTheme());
const root = document.getElementById('app');
if (root !== null) render(<App />, root);
