import type { Measure } from './labels.js';

let context: CanvasRenderingContext2D | null | undefined;
let used = '';

/** Measures texts as the charts write them. */
export function measureAt(fontSize: number): Measure {
  context ??= document.createElement('canvas').getContext('2d');
  return (text) => {
    if (!context) return text.length * fontSize * 0.6;
    const font = `${fontSize}px system-ui, sans-serif`;
    if (font !== used) context.font = used = font;
    return context.measureText(text).width;
  };
}
