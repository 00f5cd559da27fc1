package dev.rollcall.probe.example.boot3;

import dev.rollcall.probe.spring.example.ApplicationContract;

class ExampleApplicationTest extends ApplicationContract {
  ExampleApplicationTest() {
    super(ExampleApplication.class);
  }
}
