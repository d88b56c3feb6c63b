// A key by which the server knows a request that is sent again.

/** A key that no other request has; also on plain http, where randomUUID is absent. */
export const newKey = () => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
