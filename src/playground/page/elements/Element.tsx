/** @jsxImportSource preact */
import type { InteractiveElement, PlacedBlock } from '../../protocol.ts';
import { Checkboxes, RadioButtons } from './Boxes.tsx';
import { Button, Overflow } from './Button.tsx';
import { DatePicker, DateTimePicker, TimePicker } from './Pickers.tsx';
import { Select } from './Select.tsx';
import { TextInput } from './TextInput.tsx';

/** Any element a person can act on. */
export function Element({ element, block }: { readonly element: InteractiveElement; readonly block: PlacedBlock }) {
  switch (element.type) {
    case 'button':
      return <Button element={element} block={block} />;
    case 'overflow':
      return <Overflow element={element} block={block} />;
    case 'datetimepicker':
      return <DateTimePicker element={element} block={block} />;
    case 'datepicker':
      return <DatePicker element={element} block={block} />;
    case 'timepicker':
      return <TimePicker element={element} block={block} />;
    case 'checkboxes':
      return <Checkboxes element={element} block={block} />;
    case 'radio_buttons':
      return <RadioButtons element={element} block={block} />;
    case 'plain_text_input':
    case 'number_input':
    case 'url_text_input':
    case 'email_text_input':
      return <TextInput element={element} block={block} />;
    default:
      return <Select element={element} block={block} />;
  }
}
