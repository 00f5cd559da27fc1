package dev.rollcall.server.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import inet.ipaddr.IPAddress;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpecialAddressesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.31.255.255",
        "192.168.1.1",
        "198.19.0.1",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::10.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "fc00::1",
        "fd12::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "2001:db8::1",
        "3fff::1",
        "2001:20::1",
        "5f00::1"
      })
  void knowsWhatIsNotOnTheOpenNetwork(String text) {
    assertThat(special(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.128.0.0",
        "172.32.0.1",
        "223.255.255.255",
        "2000::1",
        "2606:4700::1111",
        "2a00:1450::1",
        "3ffe:ffff::1"
      })
  void letsTheOpenNetworkBe(String text) {
    assertThat(special(text)).isFalse();
  }

  /// One face of each of these is the IPv4 address inside.
  @ParameterizedTest
  @CsvSource({
    "64:ff9b::a00:1,10.0.0.1",
    "64:ff9b::10.0.0.1,10.0.0.1",
    "2002:c0a8:101::1,192.168.1.1",
    "2001:0:7f00:1::f5ff:fffe,127.0.0.1",
    "2001:0:808:808::f5ff:fffe,10.0.0.1",
    "2a00::5efe:10.0.0.1,10.0.0.1",
    "::ffff:10.0.0.1,10.0.0.1"
  })
  void unpacksIpv4InsideOfIpv6(String text, String inside) {
    assertThat(SpecialAddresses.faces(Addresses.parse(text).orElseThrow()))
        .contains(Addresses.parse(inside).orElseThrow());
    assertThat(special(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"64:ff9b::808:808", "2002:808:808::1"})
  void letsIpv6BeThatLeadsToOpenIpv4(String text) {
    assertThat(special(text)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1,192.0.2.1",
    "::ffff:192.0.2.1,192.0.2.1",
    "2001:DB8:0:0::1,2001:db8::1",
    "2001:db8:0:0:0:0:0:1,2001:db8::1"
  })
  void givesEverySpellingOfAnAddressOneText(String spelling, String text) {
    IPAddress address = Addresses.parse(spelling).orElseThrow();
    assertThat(Addresses.text(address)).isEqualTo(text);
    assertThat(Addresses.of(address.getBytes())).isEqualTo(address).hasSameHashCodeAs(address);
    assertThat(address).isEqualTo(Addresses.parse(text).orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1.2.3",
        "1",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "01.2.3.4",
        "1.2.3.4 ",
        "1.2.3.4/32",
        "1.2.3.*",
        "1.2.3.4-5",
        "*",
        "256.1.1.1",
        "fe80::1%eth0",
        "::/0",
        "1::2::3",
        "example.org",
        "[::1]",
        "1.2.3.4.5",
        "::ffff:01.2.3.4",
        "12345::",
        "1.2.3.4\0"
      })
  void takesNothingForAnAddressThatIsNone(String text) {
    assertThat(Addresses.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8,10.255.255.255,11.0.0.0",
    "192.0.2.7,192.0.2.7,192.0.2.8",
    "192.0.2.7/32,192.0.2.7,192.0.2.6",
    "2001:db8::/32,2001:db8:ffff::1,2001:db9::",
    "0.0.0.0/0,255.255.255.255,::1"
  })
  void findsAnAddressInABlock(String block, String inside, String outside) {
    Blocks blocks = new Blocks(java.util.List.of(Addresses.block(block)));
    assertThat(blocks.contain(Addresses.parse(inside).orElseThrow())).isTrue();
    assertThat(blocks.contain(Addresses.parse(outside).orElseThrow())).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1/8,write it as 10.0.0.0/8",
    "10.0.0.0/33,is no address or block",
    "10/8,is no address or block",
    "10.0.0.0/255.0.0.0,is no address or block",
    "/8,is no address or block",
    "host/8,is no address or block"
  })
  void saysWhatIsWrongWithABlock(String text, String reason) {
    assertThatThrownBy(() -> Addresses.block(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(reason);
  }

  private static boolean special(String text) {
    return SpecialAddresses.faces(Addresses.parse(text).orElseThrow()).stream()
        .anyMatch(SpecialAddresses::contain);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, false",
    "2130706433, false",
    "0x7f.1, false",
    "0177.0.0.1, false",
    "[::1], false",
    "[::ffff:10.0.0.1], false",
    "[64:ff9b::10.0.0.1], false",
    "[fe80::1%25eth0], false",
    "10.1.2.3, true",
    "192.0.2.7, false",
    "8.8.8.8, true",
    "[2606:4700::1111], true",
    "localhost, true",
    "example.org, true",
    "1.2.3.4.example, true",
    "%31%32%37.0.0.1, false",
    "１２７.０.０.１, false",
    "127。0。0。1, false",
    "0177.0.0.1, false",
    "012.1.2.3, true",
    "127.0.0.1., false",
  })
  void saysAtOnceWhichHostsOfUrlsAreNotPublic(String host, boolean permitted) {
    PublicResolver resolver =
        new PublicResolver(
            (_, _) -> {
              throw new AssertionError("nothing is looked up");
            },
            new Blocks(List.of(Addresses.block("10.1.0.0/16"))));
    assertThat(resolver.permits(host)).isEqualTo(permitted);
    assertThat(resolver.permits(URI.create("http://" + host + ":81/"))).isEqualTo(permitted);
  }
}
