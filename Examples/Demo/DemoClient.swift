// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Foundation
import TestSupport
import TrustCore

/// A conda client as far as a proxy sees one: it asks for whole URLs through `http_proxy`, believes what it gets, and says what
/// that was. It checks nothing.
enum DemoClient {
    /// The word after the program's name that makes it one: URLs follow.
    static let word = "fetch"

    /// Asks for each URL.
    ///
    /// - Returns: 0 if it got all of them, as a client's exit status.
    static func run(_ urls: [String]) async -> Int32 {
        let proxy = ProcessInfo.processInfo.environment["http_proxy"] ?? ""
        guard let port = proxy.split(separator: ":").last.flatMap({ Int($0) }) else {
            print("no proxy is set")
            return 1
        }
        var status: Int32 = 0
        for url in urls where await !ask(url, port) { status = 1 }
        return status
    }

    private static func ask(_ url: String, _ port: Int) async -> Bool {
        let isTunnel = url.hasPrefix("https://")
        let host = url.split(separator: "/").dropFirst().first.map(String.init) ?? ""
        let line = isTunnel ? "CONNECT \(host):443" : "GET \(url)"
        let request = "\(line) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n"
        let bytes = try? await RawConnection.exchangeBytes(Array(request.utf8), port: port)
        guard let answer = RawAnswer.all(in: bytes ?? []).last else {
            print("\(url): no answer")
            return false
        }
        guard answer.status != 200 else {
            print(
                "\(url): 200, \(answer.body.count) bytes, SHA-256 \(Digest.of(answer.body).hex.prefix(12))…"
            )
            return true
        }
        print("\(url): \(answer.status)")
        for text in answer.text.split(separator: "\n") { print("  \(text)") }
        return false
    }
}
