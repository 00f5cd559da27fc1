package dev.rollcall.server.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0,0.0.0.0",
    "255.255.255.255,255.255.255.255",
    "::ffff:192.0.2.1,192.0.2.1",
    "::FFFF:c000:201,192.0.2.1",
    "2001:DB8:0:0:0:0:0:1,2001:db8::1",
    "2001:0db8::0001:0,2001:db8::1:0",
    "::,::",
    "64:ff9b::192.0.2.1,64:ff9b::c000:201",
    "1:0:0:2:0:0:0:3,1:0:0:2::3",
  })
  void hasOneSpelling(String text, String canonical) {
    assertThat(Address.parse(text)).hasToString("Optional[" + canonical + "]");
    assertThat(Address.parse(canonical)).isEqualTo(Address.parse(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "1",
        "1.2",
        "1.2.3",
        "1.2.3.4.5",
        "1.2.3.256",
        "1.2.3.-4",
        "01.2.3.4",
        "1.2.3.04",
        "1.2.3.4 ",
        " 1.2.3.4",
        "1.2.3.",
        ".1.2.3",
        "1..2.3",
        "1.2.3.4/8",
        "0x1.2.3.4",
        "1.2.3.*",
        "*",
        "::1%lo",
        "::1/64",
        "[::1]",
        "1::2::3",
        "12345::",
        ":::",
        "1:2:3:4:5:6:7:8:9",
        "localhost",
        "fe80::1%eth0",
        "::1.2.3",
        "::1.2.3.256",
        "1-2::",
        "2001:db8::g",
        "١.٢.٣.٤"
      })
  void isNotReadFromWhatIsNoLiteral(String text) {
    assertThat(Address.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/8/8",
        "10.0.0.0/4294967304",
        "10.0.0.0/255.0.0.0",
        "10.0.0.0/-8",
        "2001:db8::/129",
        "1:2:3:4:5:6:7:33/82222222222222222222222",
        " 10.0.0.0/8",
        "10.0.0.0/8 "
      })
  void isNoBlockWhereItsLengthIsNone(String text) {
    assertThatThrownBy(() -> Addresses.block(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("is no address or block: write it as");
  }

  @Test
  void isReadAsTheLibraryReadsIt() {
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int parts = 3 + random.nextInt(3); parts > 0; parts--) {
        text.append(random.nextInt(10) == 0 ? "" : Integer.toString(random.nextInt(300)));
        text.append(parts > 1 ? "." : "");
      }
      IPAddress library = new IPAddressString(text.toString()).getAddress();
      boolean plain =
          library != null && library.isIPv4() && library.toCanonicalString().contentEquals(text);
      assertThat(Address.parse(text.toString()).isPresent()).as(text.toString()).isEqualTo(plain);
      if (plain) {
        assertThat(Address.parse(text.toString())).hasToString("Optional[" + text + "]");
      }
    }
  }
}
