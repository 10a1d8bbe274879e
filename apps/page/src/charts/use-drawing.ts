import { useEffect, useState } from 'preact/hooks';

/** Loads the part of the drawing library that a chart needs, when the first chart is shown. */
export function useDrawing<T>(load: () => Promise<T>): T | null {
  const [drawing, setDrawing] = useState<T | null>(null);
  useEffect(() => {
    let isShown = true;
    // Without it the table still says everything; the next chart tries again.
    load().then(
      (loaded) => isShown && setDrawing(() => loaded),
      (error: unknown) => console.warn('A chart could not be loaded', error),
    );
    return () => {
      isShown = false;
    };
  }, []);
  return drawing;
}
