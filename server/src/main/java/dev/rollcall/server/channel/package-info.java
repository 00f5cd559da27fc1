/// Capability: how alerts reach people, with one file for each type of channel. Channels are
/// defined in the configuration file (`channels:`) and through the API (`/v1/channels`). `outbox`
/// stores the notifications and sends them through the channels.
@NullMarked
package dev.rollcall.server.channel;

import org.jspecify.annotations.NullMarked;
