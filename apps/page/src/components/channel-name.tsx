/** Custom property with the colour of a channel; it is the same on every page. */
export function channelColor(channel: string): string {
  return `var(--${channel.replaceAll('_', '-')})`;
}

export function channelLabel(channel: string): string {
  return channel.replaceAll('_', ' ');
}

/** The name of a channel with its colour. */
export function ChannelName({ channel }: { readonly channel: string }) {
  return (
    <span class="channel-name" style={{ '--channel': channelColor(channel) }}>
      {channelLabel(channel)}
    </span>
  );
}
