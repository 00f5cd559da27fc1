/// The routes of pings and the API of heartbeats: parameters, answers, the key of senders. Uses
/// `definition`, `ping` and `store`.
@NullMarked
package dev.rollcall.server.heartbeat.routes;

import org.jspecify.annotations.NullMarked;
