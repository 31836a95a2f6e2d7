/** @jsxImportSource preact */
import type { BlockOf, ContextElement, ImageElement, PlacedBlock } from '../../protocol.ts';
import { useSurface } from '../contexts.ts';
import { parseInline, parsePlain } from '../text/mrkdwn.ts';
import { Inlines, PlainText, RichText, Text } from '../text/Text.tsx';
import { Element } from './Element.tsx';
import { controlId, errorId, hintId } from './useElement.ts';

type Placed<Type extends PlacedBlock['type']> = Extract<PlacedBlock, { type: Type }>;

function Picture({ image, className }: { readonly image: ImageElement; readonly className: string }) {
  return <img class={className} src={image.image_url} alt={image.alt_text} loading="lazy" />;
}

function Section({ block }: { readonly block: Placed<'section'> }) {
  const { accessory } = block;
  return (
    <div class="block section">
      <div class="section-body">
        {block.text && <Text text={block.text} />}
        {block.fields && (
          <div class="fields">
            {block.fields.map((field, index) => (
              <div class="field" key={index}>
                <Text text={field} />
              </div>
            ))}
          </div>
        )}
      </div>
      {accessory && (
        <div class="accessory">
          {accessory.type === 'image' ? (
            <Picture image={accessory} className="thumb" />
          ) : (
            <Element element={accessory} block={block} />
          )}
        </div>
      )}
    </div>
  );
}

function ContextPart({ element }: { readonly element: ContextElement }) {
  if (element.type === 'image') return <Picture image={element} className="context-image" />;
  const pieces =
    element.type === 'mrkdwn' ? parseInline(element.text) : parsePlain(element.text, element.emoji ?? true);
  return (
    <span>
      <Inlines pieces={pieces} />
    </span>
  );
}

function Context({ block }: { readonly block: Placed<'context'> }) {
  return (
    <div class="block context">
      {block.elements.map((element, index) => (
        <ContextPart key={index} element={element} />
      ))}
    </div>
  );
}

/** Checkboxes and radio buttons are a group with a legend; other elements are one control with a label. */
function isGroup(block: Placed<'input'>): boolean {
  return block.element.type === 'checkboxes' || block.element.type === 'radio_buttons';
}

function Input({ block }: { readonly block: Placed<'input'> }) {
  const { errors, idPrefix } = useSurface();
  const error = errors[block.block_id];
  const label = (
    <>
      <PlainText text={block.label} />
      {block.optional && <span class="optional"> (optional)</span>}
    </>
  );
  const rest = (
    <>
      <Element element={block.element} block={block} />
      {error !== undefined && (
        <p class="field-error" id={errorId(idPrefix, block.block_id)}>
          {error}
        </p>
      )}
      {block.hint && (
        <p class="hint" id={hintId(idPrefix, block.block_id)}>
          <PlainText text={block.hint} />
        </p>
      )}
    </>
  );
  const classes = `block input ${error === undefined ? '' : 'wrong'}`;
  if (isGroup(block)) {
    return (
      <fieldset class={classes} aria-describedby={error === undefined ? undefined : errorId(idPrefix, block.block_id)}>
        <legend>{label}</legend>
        {rest}
      </fieldset>
    );
  }
  return (
    <div class={classes}>
      <label for={controlId(idPrefix, block.block_id, block.element.action_id ?? '')}>{label}</label>
      {rest}
    </div>
  );
}

function Image({ block }: { readonly block: Placed<'image'> }) {
  return (
    <figure class="block image">
      {block.title && (
        <figcaption>
          <PlainText text={block.title} />
        </figcaption>
      )}
      <img src={block.image_url} alt={block.alt_text} loading="lazy" />
    </figure>
  );
}

function Table({ block }: { readonly block: BlockOf<'table'> }) {
  const [head = [], ...body] = block.rows;
  const align = (column: number) => ({ textAlign: block.column_settings?.[column]?.align ?? 'left' });
  const cell = (each: (typeof head)[number]) =>
    each.type === 'raw_text' ? each.text : <RichText parts={each.elements} />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls, and the keyboard must reach it
    <section class="block table-scroll" tabIndex={0} aria-label="Table">
      <table>
        <thead>
          <tr>
            {head.map((each, column) => (
              <th key={column} scope="col" style={align(column)}>
                {cell(each)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {body.map((row, index) => (
            <tr key={index}>
              {row.map((each, column) => (
                <td key={column} style={align(column)}>
                  {cell(each)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function BlockView({ block }: { readonly block: PlacedBlock }) {
  switch (block.type) {
    case 'section':
      return <Section block={block} />;
    case 'header':
      return (
        <h3 class="block header">
          <PlainText text={block.text} />
        </h3>
      );
    case 'divider':
      return <hr class="block divider" />;
    case 'context':
      return <Context block={block} />;
    case 'actions':
      return (
        <div class="block actions">
          {block.elements.map((element) => (
            <Element key={element.action_id} element={element} block={block} />
          ))}
        </div>
      );
    case 'input':
      return <Input block={block} />;
    case 'image':
      return <Image block={block} />;
    case 'rich_text':
      return (
        <div class="block">
          <RichText parts={block.elements} />
        </div>
      );
    case 'table':
      return <Table block={block} />;
  }
}

/** The blocks of a message, a modal or the Home tab. Needs a `SurfaceContext`. */
export function Blocks({ blocks }: { readonly blocks: readonly PlacedBlock[] }) {
  return (
    <div class="blocks">
      {blocks.map((block) => (
        <BlockView key={block.block_id} block={block} />
      ))}
    </div>
  );
}
