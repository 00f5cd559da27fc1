/// Capability: the ways to tell somebody, one file for each type of channel. Which of them are used
/// is said by `channels:` of the configuration file and by `/v1/channels`; `outbox` does the
/// sending.
@NullMarked
package dev.rollcall.server.channel;

import org.jspecify.annotations.NullMarked;
