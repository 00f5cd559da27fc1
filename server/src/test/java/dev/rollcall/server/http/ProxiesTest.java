package dev.rollcall.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Whose address counts; 10.0.0.0/8 are proxies.
class ProxiesTest {
  private static final Proxies PROXIES = new Proxies(address -> address.getAddress()[0] == 10);

  private static String client(String peer, String... lines) {
    HttpFields.Mutable fields = HttpFields.build();
    for (String line : lines) {
      fields.add("X-Forwarded-For", line);
    }
    fields.add("Forwarded", "for=203.0.113.9");
    RequestHead head = RequestHead.of("GET", "/", HttpVersion.HTTP_1_1, fields);
    return PROXIES.client(InetAddress.ofLiteral(peer), head).getHostAddress();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          192.0.2.7 | 198.51.100.1                   | 192.0.2.7
          10.0.0.1  | 198.51.100.1                   | 198.51.100.1
          10.0.0.1  | 127.0.0.1, 198.51.100.1        | 198.51.100.1
          10.0.0.1  | 127.0.0.1, 198.51.100.1,10.2.2.2 | 198.51.100.1
          10.0.0.1  | 10.1.1.1                       | 10.1.1.1
          10.0.0.1  | 198.51.100.1:4711              | 198.51.100.1
          10.0.0.1  | [2001:db8::1]:4711             | 2001:db8:0:0:0:0:0:1
          10.0.0.1  | 2001:db8::1                    | 2001:db8:0:0:0:0:0:1
          10.0.0.1  | ::ffff:198.51.100.1            | 198.51.100.1
          10.0.0.1  | unknown                        | 10.0.0.1
          10.0.0.1  | localhost                      | 10.0.0.1
          10.0.0.1  | 198.51.100.1, nonsense, 10.3.3.3 | 10.3.3.3
          10.0.0.1  | ''                             | 10.0.0.1
          """)
  void theLastAddressThatIsNoProxysIsTheClient(String peer, String header, String client) {
    assertThat(client(peer, header)).isEqualTo(client);
  }

  @ParameterizedTest
  @CsvSource({"198.51.100.1", "2001:db8::1"})
  void aLineOfItsOwnComesAfterTheOnesBefore(String address) {
    assertThat(InetAddress.ofLiteral(client("10.0.0.1", "127.0.0.1", address)))
        .isEqualTo(InetAddress.ofLiteral(address));
    assertThat(client("10.0.0.1")).isEqualTo("10.0.0.1");
  }
}
