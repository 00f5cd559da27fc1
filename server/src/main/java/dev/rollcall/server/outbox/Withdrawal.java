package dev.rollcall.server.outbox;

/// What is not to be told any more, as it does not hold any more: all that the channel still owes
/// of this subject and kind.
///
/// What is under way at that moment may arrive all the same, and is then known to have; where it
/// does not, it is not sent again.
///
/// @param channel the name of the [Channel] it was to go out on
/// @param subject whose news it was
/// @param kind what had happened to the subject
public record Withdrawal(String channel, String subject, String kind) implements OutboxEntry {}
