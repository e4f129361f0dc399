// Registers clients as an operator does: by the command, beside the running local cloud.

/** Registers a client, as `client add` says what its library is to be told: `{ client_id, client_secret }`. */
export async function add(latchkey, kind, ...flags) {
  const printed = await latchkey.command('client', 'add', kind, ...flags);
  const line = (name) => printed.match(new RegExp(`^${name}=(.*)$`, 'm'))?.[1];
  return { client_id: line('CLIENT_ID'), client_secret: line('CLIENT_SECRET') };
}
