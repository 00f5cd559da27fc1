package dev.rollcall.probe.spring.example;

import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/// Who has to log in to an example application, by `example.login`: `nobody`, though everybody may;
/// `everybody`; whom Spring's defaults ask (`spring`); or whom a filter of the application's own
/// asks, which knows nothing of Spring's (`filter`). There are `user` and `admin`, whose password
/// is `pw`.
@Configuration(proxyBeanMethods = false)
public class Logins {
  /// Made by Spring.
  public Logins() {}

  /// It can only be asked: in a service that also stores passwords, Spring would replace these by
  /// hashes, which each request then computes.
  @Bean
  UserDetailsService users() {
    return new InMemoryUserDetailsManager(
            User.withUsername("user").password("{noop}pw").roles("USER").build(),
            User.withUsername("admin").password("{noop}pw").roles("ADMIN").build())
        ::loadUserByUsername;
  }

  @Bean
  @ConditionalOnProperty(name = "example.login", havingValue = "nobody", matchIfMissing = true)
  SecurityFilterChain nobody(HttpSecurity http) throws Exception {
    return http.authorizeHttpRequests(requests -> requests.anyRequest().permitAll())
        .httpBasic(Customizer.withDefaults())
        .build();
  }

  @Bean
  @ConditionalOnProperty(name = "example.login", havingValue = "everybody")
  SecurityFilterChain everybody(HttpSecurity http) throws Exception {
    return http.authorizeHttpRequests(requests -> requests.anyRequest().authenticated())
        .httpBasic(Customizer.withDefaults())
        .build();
  }

  @Bean
  @ConditionalOnProperty(name = "example.login", havingValue = "filter")
  SecurityFilterChain letIn(HttpSecurity http) throws Exception {
    return nobody(http);
  }

  @Bean
  @ConditionalOnProperty(name = "example.login", havingValue = "filter")
  Filter badge() {
    return (request, response, chain) -> {
      if (((HttpServletRequest) request).getHeader("Badge") != null) {
        chain.doFilter(request, response);
      } else {
        ((HttpServletResponse) response).sendError(HttpServletResponse.SC_UNAUTHORIZED);
      }
    };
  }
}
