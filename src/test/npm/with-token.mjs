// Puts a token into each HTTP request of a program that cannot be told one:
//
//   TOKEN=… node --import ./with-token.mjs PROGRAM
import { subscribe } from 'node:diagnostics_channel';

const value = `Bearer ${process.env.TOKEN}`;
subscribe('undici:request:create', ({ request }) => request.addHeader('authorization', value));
subscribe('http.client.request.created', ({ request }) =>
  request.setHeader('authorization', value));
