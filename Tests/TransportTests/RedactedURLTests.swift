// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing

@testable import Transport

@Suite("What is shown of a URL")
struct RedactedURLTests {
    @Test(
        "Credentials never show",
        arguments: [
            ("https://conda.example.org/main/a.conda", "https://conda.example.org/main/a.conda"),
            ("https://user:secret@example.org/x", "https://***@example.org/x"),
            ("https://user:se@cret@example.org/x", "https://***@example.org/x"),
            ("https://secret@example.org", "https://***@example.org"),
            ("https://example.org/t/secret/main/a", "https://example.org/t/***/main/a"),
            ("https://example.org/t/secret", "https://example.org/t/***"),
            ("https://u:secret@example.org/t/secret/x?sig=secret", "https://***@example.org/t/***/x?***"),
            ("https://store.example.org/a?X-Signature=secret&b=c#d", "https://store.example.org/a?***"),
            ("/t/secret/x", "/t/***/x"),
            ("t/secret/x", "t/***/x"),
            ("file:///t/x", "file:///t/***"),
            ("https://example.org/a@b", "https://example.org/a@b"),
            ("https://example.org/\u{1B}[31m", "https://example.org/?[31m"),
            ("", ""),
        ]
    )
    func hidden(url: String, shown: String) {
        #expect(RedactedURL(url).description == shown)
    }
}
