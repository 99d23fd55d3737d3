// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import NIOCore

/// What the browser shows at the end of a login. Nothing in it comes from the request.
enum LoginPage {
    static let good = page(
        200,
        "OK",
        "You are logged in",
        "Kingsnake goes on where you started it. You can close this page."
    )

    static let bad = page(
        400,
        "Bad Request",
        "You are not logged in",
        "Kingsnake says why where you started it. You can close this page."
    )

    /// A page for a request that is not the login's.
    static func error(_ status: Int, _ reason: String) -> ByteBuffer {
        page(status, reason, reason, "There is nothing here.")
    }

    private static func page(_ status: Int, _ reason: String, _ title: String, _ text: String) -> ByteBuffer {
        let body = """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>\(title)</title></head>
            <body><h1>\(title)</h1><p>\(text)</p></body>
            </html>

            """
        // The address of the page holds the code: no cache, no other site and no script gets to see it.
        let head = [
            "HTTP/1.1 \(status) \(reason)",
            "Content-Type: text/html; charset=utf-8",
            "Content-Length: \(body.utf8.count)",
            "Cache-Control: no-store",
            "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
            "Referrer-Policy: no-referrer",
            "X-Content-Type-Options: nosniff",
            "Connection: close",
        ]
        return ByteBuffer(string: head.joined(separator: "\r\n") + "\r\n\r\n" + body)
    }
}
