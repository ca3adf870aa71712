// Turns wheel, drag, pinch, double click and keys into a view of the pictures.

import { type KeyboardEvent, type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { type Place, panBy, type View, WHOLE, zoomBy } from './zoom-view.ts';

const STEP = 1.5;
const PAN = 0.15;

const KEYS: Readonly<Record<string, (view: View) => View>> = {
  '+': (view) => zoomBy(view, STEP),
  '=': (view) => zoomBy(view, STEP),
  '-': (view) => zoomBy(view, 1 / STEP),
  '0': () => WHOLE,
  ArrowLeft: (view) => panBy(view, PAN, 0),
  ArrowRight: (view) => panBy(view, -PAN, 0),
  ArrowUp: (view) => panBy(view, 0, PAN),
  ArrowDown: (view) => panBy(view, 0, -PAN),
};

export interface Zoom {
  readonly view: View;
  readonly change: (how: (view: View) => View) => void;
  readonly larger: () => void;
  readonly smaller: () => void;
  /** For the element that holds the frames, each of which has `data-frame`. */
  readonly handlers: {
    readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
    readonly onPointerCancel: (event: PointerEvent<HTMLElement>) => void;
    readonly onDoubleClick: (event: { readonly clientX: number; readonly clientY: number }) => void;
  };
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

export function useZoom(ref: RefObject<HTMLElement | null>): Zoom {
  const [view, change] = useState(WHOLE);
  const pointers = useRef(new Map<number, Point>());
  useEffect(() => {
    const element = ref.current;
    function onWheel(event: WheelEvent): void {
      event.preventDefault(); // and the browser does not enlarge the page instead
      const at = placeOf(event, ref.current);
      change((old) => zoomBy(old, Math.exp(-event.deltaY * (event.deltaMode === 1 ? 0.05 : 0.002)), at));
    }
    element?.addEventListener('wheel', onWheel, { passive: false });
    return () => element?.removeEventListener('wheel', onWheel);
  }, [ref]);

  const end = ({ pointerId }: PointerEvent<HTMLElement>) => void pointers.current.delete(pointerId);
  return {
    view,
    change,
    larger: () => change(KEYS['+']!),
    smaller: () => change(KEYS['-']!),
    handlers: {
      onPointerDown: (event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        pointers.current.set(event.pointerId, pointOf(event));
      },
      onPointerMove: (event) => {
        const before = [...pointers.current.values()];
        if (!pointers.current.has(event.pointerId)) return;
        pointers.current.set(event.pointerId, pointOf(event));
        const after = [...pointers.current.values()];
        const element = event.currentTarget;
        change((old) => follow(old, before, after, element));
      },
      onPointerUp: end,
      onPointerCancel: end,
      onDoubleClick: (event) => {
        const at = placeOf(event, ref.current);
        change((old) => (old.scale > 1 ? WHOLE : zoomBy(old, 3, at)));
      },
    },
    onKeyDown: (event) => {
      const how = KEYS[event.key];
      if (!how || event.altKey || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      change(how);
    },
  };
}

interface Point {
  readonly clientX: number;
  readonly clientY: number;
}

const pointOf = ({ clientX, clientY }: Point): Point => ({ clientX, clientY });

/** One pointer drags; two also draw the picture apart. */
function follow(view: View, before: readonly Point[], after: readonly Point[], element: HTMLElement): View {
  const [from, to] = [middleOf(before), middleOf(after)];
  const { width, height } = frameAt(to, element);
  const moved = panBy(view, (to.clientX - from.clientX) / width, (to.clientY - from.clientY) / height);
  if (after.length < 2) return moved;
  return zoomBy(moved, spanOf(after) / Math.max(1, spanOf(before)), placeOf(to, element));
}

const middleOf = (points: readonly Point[]): Point => ({
  clientX: points.reduce((sum, { clientX }) => sum + clientX, 0) / points.length,
  clientY: points.reduce((sum, { clientY }) => sum + clientY, 0) / points.length,
});

const spanOf = ([a, b]: readonly Point[]): number => Math.hypot(a!.clientX - b!.clientX, a!.clientY - b!.clientY);

/** Where a point lies in the frame under it. */
function placeOf(point: Point, element: HTMLElement | null): Place | undefined {
  if (!element) return undefined;
  const { left, top, width, height } = frameAt(point, element);
  return { x: (point.clientX - left) / width, y: (point.clientY - top) / height };
}

/** The frame under a point, or the first one. */
function frameAt({ clientX, clientY }: Point, element: HTMLElement): DOMRect {
  const frames = [...element.querySelectorAll('[data-frame]')].map((frame) => frame.getBoundingClientRect());
  const under = frames.find(
    ({ left, right, top, bottom }) => clientX >= left && clientX <= right && clientY >= top && clientY <= bottom,
  );
  return under ?? frames[0]!;
}
