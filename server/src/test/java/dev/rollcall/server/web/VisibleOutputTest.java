package dev.rollcall.server.web;

import static org.assertj.core.api.Assertions.assertThat;

import gg.jte.output.StringOutput;
import org.junit.jupiter.api.Test;

/// What a page shows of what cannot be seen.
class VisibleOutputTest {
  @Test
  void whatCannotBeSeenIsShown() {
    StringOutput html = new StringOutput();
    VisibleOutput output = new VisibleOutput(html);
    output.setContext("td", null);
    output.writeUserContent("a\u0000\u001b[1m<b>\u202egnp.exe\u2066\u0085\u007f");
    output.setContext("a", "title");
    output.writeUserContent("\u202e\"x\"");
    assertThat(html.toString())
        .isEqualTo(
            "a\\u0000\\u001b[1m&lt;b&gt;\\u202egnp.exe\\u2066\\u0085\\u007f"
                + "\\u202e&#34;x&#34;");
  }

  @Test
  void whatBelongsToATextStays() {
    String text =
        "two\n"
            + "lines\tand \ud83d\udc68\u200d\ud83d\udc69,"
            + " \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 1\ufe0f\u20e3 \u2764\ufe0f\r\n";
    assertThat(VisibleOutput.visible(text)).isSameAs(text);
  }

  /// Two names that look alike would be one to who reads them.
  @Test
  void whatHasNoWidthIsShown() {
    assertThat(
            VisibleOutput.visible(
                "back\u200bup \ufeff\u2060 so\u00adft b\u200dc 1\u200d d\u200e x\ufe0f"))
        .isEqualTo("back\\u200bup \\ufeff\\u2060 so\\u00adft b\\u200dc 1\\u200d d\\u200e x\\ufe0f");
    assertThat(VisibleOutput.visible("\u200d7\ufe0f")).isEqualTo("\\u200d7\\ufe0f");
  }
}
