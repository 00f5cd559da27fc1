package dev.rollcall.probes;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// As in `IdnaTestV2.txt` of UTS 46 and in curl (libidn2).
class HostNamesTest {
  @ParameterizedTest
  @CsvSource({
    "straße.example,xn--strae-oqa.example",
    "STRAẞE.example,xn--strae-oqa.example",
    "faß.de,xn--fa-hia.de",
    "βόλος.com,xn--nxasmm1c.com",
    "bücher.example,xn--bcher-kva.example",
    "BÜCHER.example,xn--bcher-kva.example",
    "bu\u0308cher.example,xn--bcher-kva.example",
    "日本語。JP,xn--wgv71a119e.jp",
    "ＥＸＡＭＰＬＥ．com,example.com",
    "نامه\u200cای.com,xn--mgba3gch31f060k.com",
    "ශ්\u200dරී.com,xn--10cl1a0b660p.com",
    "i❤.ws,xn--i-7iq.ws",
    "my_büro.example,xn--my_bro-6ya.example",
    "bücher.example.,xn--bcher-kva.example.",
    "my_host,my_host",
    "Example.COM,example.com",
    "xn--strae-oqa.example,xn--strae-oqa.example",
    "r4---sn.example,r4---sn.example"
  })
  void areAskedForInAscii(String name, String ascii) {
    assertThat(HostNames.ascii(name)).isEqualTo(ascii);
    assertThat(new Authority(name, 1).host()).isEqualTo(ascii);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ü\u200d.example", "\u0308a.example", "aא.example", "xn--ü.example"})
  void areRefusedWhereNobodyCanBeCalledSo(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> HostNames.ascii(name));
  }

  @Test
  void areTheSameWhereverAHostStands() throws Exception {
    String ascii = "xn--strae-oqa.example";
    assertThat(HttpQuestion.of(URI.create("http://straße.example/x")).uri())
        .isEqualTo(URI.create("http://" + ascii + "/x"));
    assertThat(TlsOptions.DEFAULT.named("straße.example").serverName()).hasValue(ascii);
    assertThat(ServerUrl.of("tcp://straße.example:1").target(0)).isEqualTo(new Authority(ascii, 1));
    HttpTarget from = HttpTarget.of(HttpQuestion.of(URI.create("http://h/")).uri());
    assertThat(Redirect.target(from, "//stra\u00c3\u009fe.example").authority().host())
        .isEqualTo(ascii);
    DnsExchange.validate("straße.example", "A");
    assertThat(new DnsExchange("straße.example", "A").domain()).isEqualTo(ascii + ".");
  }

  /// What curl makes of them.
  @ParameterizedTest
  @CsvSource({
    "0x7f000001,127.0.0.1",
    "0X7F000001,127.0.0.1",
    "2130706433,127.0.0.1",
    "017700000001,127.0.0.1",
    "127.1,127.0.0.1",
    "127.0.1,127.0.0.1",
    "127.65535,127.0.255.255",
    "0x7f.1,127.0.0.1",
    "0177.0.0.01,127.0.0.1",
    "%31%32%37.0.0.1,127.0.0.1",
    "１２７.0.0.1,127.0.0.1",
    "0,0.0.0.0",
    "4294967295,255.255.255.255",
    "4294967296,4294967296",
    "127.0.0.256,127.0.0.256",
    "127.0.65536,127.0.65536",
    "1.2.3.4.5,1.2.3.4.5",
    "08.0.0.1,08.0.0.1",
    "0x,0x",
    "127.0.0.1.,127.0.0.1.",
    "127..1,127..1",
    "99999999999999999999,99999999999999999999",
    "1e3.example,1e3.example",
    "localhos%74,localhost"
  })
  void mayBeAddressesInAnyForm(String written, String address) throws Exception {
    assertThat(new Authority(written, 1).host()).isEqualTo(address);
    HttpTarget from = HttpTarget.of(HttpQuestion.of(URI.create("http://h/")).uri());
    String location = new String(("//" + written + ":8/").getBytes(UTF_8), ISO_8859_1);
    assertThat(Redirect.target(from, location).authority()).isEqualTo(new Authority(address, 8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a%2fb", "a%40b", "a%00b", "a%zzb", "a%20b"})
  void areRefusedWhereWhatIsEncodedIsNoPartOfOne(String name) {
    assertThatIllegalArgumentException().isThrownBy(() -> new Authority(name, 1));
  }
}
