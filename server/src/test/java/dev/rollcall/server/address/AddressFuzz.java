package dev.rollcall.server.address;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import inet.ipaddr.IPAddress;
import java.net.InetAddress;
import java.util.Optional;

/// What holds for any text that may be an address or a block: it is read or refused, as the library
/// and the JDK read it, and what was read is spelled so that it is read again.
public final class AddressFuzz {
  private AddressFuzz() {}

  /// Tries one text; the name is Jazzer's.
  public static void fuzzerTestOneInput(byte[] bytes) {
    String text = new String(bytes, UTF_8);
    Optional<Address> read = Address.parse(text);
    assertThat(read.map(Address::toIpAddress)).as(text).isEqualTo(Addresses.parse(text));
    if (read.isPresent()) {
      String spelled = read.get().toString();
      assertThat(Address.parse(spelled)).as(text).isEqualTo(read);
      assertThat(Addresses.text(read.get().toIpAddress())).isEqualTo(spelled);
      assertThat(Addresses.of(read.get().toIpAddress().getBytes()))
          .isEqualTo(read.get().toIpAddress());
      assertThat(InetAddress.ofLiteral(text).getAddress())
          .as(text)
          .isEqualTo(read.get().toIpAddress().getBytes());
      SpecialAddresses.faces(read.get().toIpAddress()).forEach(SpecialAddresses::contain);
    }
    block(text);
  }

  private static void block(String text) {
    IPAddress block;
    try {
      block = Addresses.block(text);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageMatching("(is|has) .+: write it as .+");
      return;
    }
    assertThat(Addresses.block(block.toCanonicalString())).as(text).isEqualTo(block);
  }
}
