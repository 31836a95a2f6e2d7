/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { Channel, Person, WorkflowStep } from '../../protocol.ts';
import { type Actions, describeError } from '../feed/usePlayground.ts';
import { formatZone, fromWallClock } from '../text/dates.ts';
import { Dialog } from '../widgets/Dialog.tsx';

interface StepFormProps {
  readonly actions: Actions;
  readonly step: WorkflowStep;
  readonly me: Person;
  readonly channels: readonly Channel[];
  /** The channel in which the workflow runs and Slackbot posts the outcome. */
  readonly channel: Channel;
  readonly onClose: () => void;
}

type Input = WorkflowStep['inputs'][number];

/** Reads the form as parameter values. Times are in `zone`; empty fields are left out. */
function readInputs(inputs: readonly Input[], form: FormData, zone: string): Record<string, string | number | boolean> {
  const values: Record<string, string | number | boolean> = {};
  for (const { name, type } of inputs) {
    const written = String(form.get(name) ?? '').trim();
    if (type === 'boolean') values[name] = form.has(name);
    else if (written === '') continue;
    else if (type === 'slack#/types/timestamp') values[name] = fromWallClock(written, zone) ?? written;
    else if (type === 'integer' || type === 'number') values[name] = Number(written);
    else values[name] = written;
  }
  return values;
}

/** The form for the inputs of an app's workflow step. */
export function StepForm({ actions, step, me, channels, channel, onClose }: StepFormProps) {
  const [problem, setProblem] = useState<string>();
  const run = async (form: HTMLFormElement) => {
    try {
      const inputs = readInputs(step.inputs, new FormData(form), me.timeZone);
      await actions.request({ type: 'run_step', callbackId: step.callbackId, channel: channel.id, inputs });
      onClose();
    } catch (error) {
      setProblem(describeError(error));
    }
  };
  return (
    <Dialog labelledBy="step-title" onClose={onClose}>
      <form
        class="modal-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          run(event.currentTarget);
        }}
      >
        <header class="dialog-head">
          <h2 id="step-title">{step.title}</h2>
        </header>
        <div class="dialog-body">
          <div class="blocks">
            <p class="hint">A workflow of this one step: {step.description}.</p>
            {step.inputs.map((input) => (
              <StepField key={input.name} input={input} zone={me.timeZone} channels={channels} />
            ))}
          </div>
          {problem && (
            <p class="problem" role="alert">
              {problem}
            </p>
          )}
        </div>
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="button primary">
            Run
          </button>
        </footer>
      </form>
    </Dialog>
  );
}

interface StepFieldProps {
  readonly input: Input;
  readonly zone: string;
  readonly channels: readonly Channel[];
}

function StepField({ input, zone, channels }: StepFieldProps) {
  const { name, type, title, hint, required } = input;
  const id = `step-${name}`;
  if (type === 'boolean') {
    return (
      <label class="box">
        <input type="checkbox" name={name} />
        <span class="box-text">
          {title}
          {hint && <span class="box-detail">{hint}</span>}
        </span>
      </label>
    );
  }
  const described = hint ? { 'aria-describedby': `${id}-hint` } : {};
  return (
    <div class="block input">
      <label for={id}>
        {title}
        {type === 'slack#/types/timestamp' && ` (${formatZone(zone)} time)`}
        {!required && <span class="optional"> (optional)</span>}
      </label>
      {type === 'slack#/types/channel_id' ? (
        <select id={id} name={name} {...described}>
          <option value="" />
          {channels
            .filter((each) => each.kind !== 'dm' && !each.archived)
            .map((each) => (
              <option key={each.id} value={each.id}>
                #{each.name}
              </option>
            ))}
        </select>
      ) : type === 'slack#/types/timestamp' ? (
        <input id={id} name={name} type="datetime-local" {...described} />
      ) : (
        <input id={id} name={name} type="text" autocomplete="off" {...described} />
      )}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}
