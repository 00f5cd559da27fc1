package dev.rollcall.icmp;

import java.net.InetAddress;
import java.time.Duration;

/// Pings once over each family, for a test that runs it as a user without rights.
final class PingAsNobody {
  private PingAsNobody() {}

  public static void main(String[] arguments) throws InterruptedException {
    try (Pinger pinger = Pinger.open(PingerOptions.defaults())) {
      PingStatus four =
          pinger.ping(InetAddress.ofLiteral("127.0.0.1"), Duration.ofSeconds(30)).status();
      PingStatus six = pinger.ping(InetAddress.ofLiteral("::1"), Duration.ofSeconds(30)).status();
      System.out.println(four + " " + six);
    } catch (IcmpUnavailableException e) {
      System.out.println(e.getMessage());
    }
  }
}
