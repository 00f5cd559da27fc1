package dev.rollcall.probes;

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
}
