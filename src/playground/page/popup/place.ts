import type { RefObject } from 'preact';
import { useLayoutEffect } from 'preact/hooks';

const MARGIN = 8;

export type Side = 'start' | 'end';

/** Puts a fixed popup under its anchor, or above where there is more room, and keeps it on the screen. */
function place(popup: HTMLElement, anchor: HTMLElement, side: Side): void {
  const box = anchor.getBoundingClientRect();
  popup.style.minWidth = `${Math.min(box.width, window.innerWidth - 2 * MARGIN)}px`;
  popup.style.maxHeight = '';
  const { width, height } = popup.getBoundingClientRect();
  const below = window.innerHeight - box.bottom - MARGIN;
  const above = box.top - MARGIN;
  const under = height <= below || below >= above;
  const room = Math.max(96, under ? below : above) - 4;
  const left = side === 'start' ? box.left : box.right - width;
  popup.style.maxHeight = `${room}px`;
  popup.style.left = `${Math.max(MARGIN, Math.min(left, window.innerWidth - width - MARGIN))}px`;
  popup.style.top = `${under ? box.bottom + 4 : box.top - Math.min(height, room) - 4}px`;
}

/** Shows the popup in the browser's top layer while `open`, next to its anchor. */
export function usePlacedPopup(
  popup: RefObject<HTMLElement | null>,
  anchor: RefObject<HTMLElement | null>,
  open: boolean,
  side: Side = 'start',
  content?: unknown,
): void {
  // New content has a new size and needs a new place
  useLayoutEffect(() => {
    const element = popup.current;
    if (!open || !element) return;
    const again = () => {
      if (anchor.current) place(element, anchor.current, side);
    };
    if (!element.matches(':popover-open')) element.showPopover();
    again();
    window.addEventListener('resize', again);
    document.addEventListener('scroll', again, true);
    return () => {
      window.removeEventListener('resize', again);
      document.removeEventListener('scroll', again, true);
    };
  }, [open, side, content]);
}
