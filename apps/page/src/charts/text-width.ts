import type { Measure } from './labels.js';

let context: CanvasRenderingContext2D | null | undefined;

/** Measures texts as the charts write them. */
export function measureAt(fontSize: number): Measure {
  context ??= document.createElement('canvas').getContext('2d');
  return (text) => {
    if (!context) return text.length * fontSize * 0.6;
    context.font = `${fontSize}px system-ui, sans-serif`;
    return context.measureText(text).width;
  };
}
