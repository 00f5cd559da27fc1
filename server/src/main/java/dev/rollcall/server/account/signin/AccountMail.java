package dev.rollcall.server.account.signin;

/// Mails people with accounts.
public interface AccountMail {
  /// No mail.
  AccountMail NONE =
      new AccountMail() {
        @Override
        public boolean isThere() {
          return false;
        }

        @Override
        public void send(String to, String subject, String text) {
          throw new IllegalStateException("there is no channel for mail");
        }
      };

  /// Whether there is a way to send mail.
  boolean isThere();

  /// Sends a mail, within 10 s; a failure is in the log.
  void send(String to, String subject, String text) throws InterruptedException;
}
