import { Component, type ComponentChildren, type JSX } from 'preact';

interface Props {
  /** Where it changes, what went wrong before is forgotten. */
  place: string;
  children: ComponentChildren;
}

/** Says in words where a page came upon what it does not understand, in the place of an empty one. */
export class SafePage extends Component<Props, { error?: Error }> {
  override state: { error?: Error } = {};

  override componentDidCatch(error: Error): void {
    this.setState({ error });
  }

  override componentDidUpdate(before: Props): void {
    if (before.place !== this.props.place && this.state.error !== undefined) this.setState({ error: undefined });
  }

  render(): JSX.Element {
    const { error } = this.state;
    if (error === undefined) return <>{this.props.children}</>;
    return (
      <div class="note note-bad narrow" role="alert">
        <strong>The answer is not what this page understands.</strong> Perhaps page and service are of different versions: {error.message.slice(0, 300)}
        <span class="note-actions">
          <button type="button" onClick={() => location.reload()}>
            Load anew
          </button>
        </span>
      </div>
    );
  }
}
