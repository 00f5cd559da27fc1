package dev.rollcall.server.app;

import dev.rollcall.server.account.signin.AccountMail;
import dev.rollcall.server.channel.Channels;

/// Mails people with accounts through a channel of the operator.
///
/// @param channels one of which may be for mail
record ChannelMail(Channels channels) implements AccountMail {
  @Override
  public boolean isThere() {
    return channels.canMail();
  }

  @Override
  public void send(String to, String subject, String text) throws InterruptedException {
    channels.mail(to, subject, text);
  }
}
