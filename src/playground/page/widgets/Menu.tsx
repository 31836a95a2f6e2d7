/** @jsxImportSource preact */
import type { ComponentChildren, RefObject } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';

const MARGIN_PX = 8;

export type Side = 'start' | 'end';

/** Puts a fixed popup below its anchor, or above if there is more space, within the window. */
function positionPopup(popup: HTMLElement, anchor: HTMLElement, side: Side): void {
  const box = anchor.getBoundingClientRect();
  popup.style.minWidth = `${Math.min(box.width, window.innerWidth - 2 * MARGIN_PX)}px`;
  popup.style.maxHeight = '';
  const { width, height } = popup.getBoundingClientRect();
  const below = window.innerHeight - box.bottom - MARGIN_PX;
  const above = box.top - MARGIN_PX;
  const under = height <= below || below >= above;
  const space = Math.max(96, under ? below : above) - 4;
  const left = side === 'start' ? box.left : box.right - width;
  popup.style.maxHeight = `${space}px`;
  popup.style.left = `${Math.max(MARGIN_PX, Math.min(left, window.innerWidth - width - MARGIN_PX))}px`;
  popup.style.top = `${under ? box.bottom + 4 : box.top - Math.min(height, space) - 4}px`;
}

/** Shows the popup in the browser's top layer, next to its anchor, while `open`. */
export function usePopup(
  popup: RefObject<HTMLElement | null>,
  anchor: RefObject<HTMLElement | null>,
  open: boolean,
  side: Side = 'start',
  content?: unknown,
): void {
  // New content has another size.
  useLayoutEffect(() => {
    const element = popup.current;
    if (!open || !element) return;
    const reposition = () => {
      if (anchor.current) positionPopup(element, anchor.current, side);
    };
    if (!element.matches(':popover-open')) element.showPopover();
    reposition();
    window.addEventListener('resize', reposition);
    document.addEventListener('scroll', reposition, true);
    return () => {
      window.removeEventListener('resize', reposition);
      document.removeEventListener('scroll', reposition, true);
    };
  }, [open, side, content]);
}

export interface MenuItem {
  readonly key: string;
  readonly label: ComponentChildren;
  readonly detail?: ComponentChildren;
  readonly danger?: boolean;
  /** Set in menus that choose one item: whether it is this one. */
  readonly checked?: boolean;
  readonly onPick: () => void;
}

interface MenuProps {
  /** The accessible name of the button. */
  readonly label: string;
  readonly face: ComponentChildren;
  readonly items: readonly MenuItem[];
  readonly className?: string;
  readonly title?: string;
  readonly disabled?: boolean;
  readonly side?: Side;
  /** Shown above the items. */
  readonly heading?: ComponentChildren;
  readonly layout?: 'list' | 'grid';
}

const STEPS: Readonly<Record<string, 1 | -1>> = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/** A button with a menu: arrows move, Enter chooses, Esc closes and returns the focus. */
export function Menu(props: MenuProps) {
  const { items, side = 'end' } = props;
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const popup = useRef<HTMLDivElement>(null);
  const id = useId();
  usePopup(popup, button, open, side, items);

  const entries = () => [...(popup.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])];

  // In a layout effect, because the next arrow key may follow immediately.
  useLayoutEffect(() => {
    if (!open) return;
    const list = entries();
    (list.find((entry) => entry.getAttribute('aria-checked') === 'true') ?? list[0])?.focus();
    const outside = (event: Event) => {
      const target = event.target;
      if (target instanceof Node && !popup.current?.contains(target) && !button.current?.contains(target))
        setOpen(false);
    };
    document.addEventListener('pointerdown', outside, true);
    return () => document.removeEventListener('pointerdown', outside, true);
  }, [open]);

  const close = () => {
    setOpen(false);
    button.current?.focus();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const list = entries();
    const at = list.indexOf(document.activeElement as HTMLElement);
    const step = STEPS[event.key];
    if (step) list[(at + step + list.length) % list.length]?.focus();
    else if (event.key === 'Home') list[0]?.focus();
    else if (event.key === 'End') list.at(-1)?.focus();
    else if (event.key === 'Escape') close();
    else if (event.key === 'Tab') {
      setOpen(false);
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <>
      <button
        ref={button}
        type="button"
        class={props.className ?? 'icon-button'}
        aria-haspopup="menu"
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={props.label}
        title={props.title ?? props.label}
        disabled={props.disabled}
        onClick={() => setOpen(!open)}
        onKeyDown={(event) => {
          if (event.key !== 'ArrowDown' || open) return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {props.face}
      </button>
      {open && (
        <div ref={popup} popover="manual" class={`popup menu ${props.layout === 'grid' ? 'menu-grid' : ''}`}>
          {props.heading && <div class="menu-heading">{props.heading}</div>}
          <div id={id} role="menu" aria-label={props.label} class="menu-items" onKeyDown={onKeyDown} tabIndex={-1}>
            {items.map((item) => (
              <button
                key={item.key}
                type="button"
                role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
                {...(item.checked === undefined ? {} : { 'aria-checked': item.checked })}
                tabIndex={-1}
                class={`menu-item ${item.danger ? 'danger' : ''}`}
                onClick={() => {
                  close();
                  item.onPick();
                }}
              >
                <span class="menu-label">{item.label}</span>
                {item.detail && <span class="menu-detail">{item.detail}</span>}
              </button>
            ))}
          </div>
        </div>
      )}
    </>
  );
}
