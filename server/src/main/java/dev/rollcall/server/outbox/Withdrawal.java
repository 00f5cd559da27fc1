package dev.rollcall.server.outbox;

/// Withdraws notifications that are no longer true: all pending ones of this channel, subject and
/// kind.
///
/// One that is being sent may still arrive, and is then recorded as delivered; if it does not, it
/// is not sent again.
///
/// @param channel the name of the [Channel] of the notifications
/// @param subject what they are about
/// @param kind what had happened to the subject
public record Withdrawal(String channel, String subject, Notification.Kind kind)
    implements OutboxEntry {}
