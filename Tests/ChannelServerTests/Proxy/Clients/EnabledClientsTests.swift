// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Which settings files were changed")
struct EnabledClientsTests {
    @Test("What is written is read again")
    func isReadAgain() throws {
        var clients = EnabledClients()
        let file = EnabledClients.File(
            client: "conda",
            path: "/h/.condarc",
            proxy: "http://127.0.0.1:1",
            original: .of([1]),
            copy: "/h/c",
            folders: ["/h/a", "/h/a/b"]
        )
        clients.remember(file)
        var other = file
        (other.path, other.original, other.copy) = ("/h/x", nil, nil)
        clients.remember(other)
        clients.remember(file)
        clients.folders = ["/h", "/h/d"]
        #expect(clients.files.count == 2 && clients.file("/h/x") == other)
        #expect(try EnabledClients(parsing: clients.encoded, of: "clients.json") == clients)
        clients.forget("/h/x")
        #expect(clients.files == [file])
    }

    @Test(
        "What is of another form is refused",
        arguments: [
            ("{}", "json.shape"), (#"{"schema":2,"files":[]}"#, "json.shape"),
            (#"{"schema":1,"files":[1]}"#, "json.shape"),
            (
                #"{"schema":1,"files":[{"client":"a","path":"b","proxy":"c","folders":[],"original_sha256":"d"}]}"#,
                "json.shape"
            ),
            ("{", "json.syntax"),
        ]
    )
    func isRefused(text: String, code: String) {
        #expect(refusalCode { try EnabledClients(parsing: Array(text.utf8), of: "clients.json") } == code)
    }
}
