// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import HummingbirdTesting
import NIOCore
import TestSupport
import Testing
import TrustCore

@testable import ChannelServer

@Suite("Forms that carry packages")
struct FormTests {
    /// A form in words: its parts, or what is wrong with it.
    private static func read(_ form: [UInt8], boundary: String, pieces: Int) throws -> [String] {
        var reader = MultipartReader(boundary: Array(boundary.utf8))
        var seen: [String] = []
        var data: [UInt8] = []
        for start in stride(from: 0, to: form.count, by: pieces) {
            let piece = form[start..<min(start + pieces, form.count)]
            for event in try reader.read(ByteBuffer(bytes: piece)) {
                switch event {
                case .part(let head): seen.append("\(head.name) \(head.fileName ?? "-")")
                case .data(let bytes): data += bytes.readableBytesView
                case .partEnd:
                    seen.append(Hex.encode(data))
                    data = []
                }
            }
        }
        try reader.finish()
        return seen
    }

    @Test("In whatever pieces a form arrives, it has the same parts", arguments: [1, 2, 3, 7, 64, 4096])
    func pieces(_ size: Int) throws {
        var form = FormDraft()
        let tricky = Array("\r\n--\(form.boundary.dropLast())\r\r\n-\r\n--".utf8)
        form.add("file", tricky, fileName: "a;\\\"b")
        form.add("empty", [])
        form.add("other", Array(repeating: 0x0D, count: 200))
        let expected = [
            "file a;\"b", Hex.encode(tricky), "empty -", "", "other -",
            String(repeating: "0d", count: 200),
        ]
        #expect(try Self.read(form.bytes, boundary: form.boundary, pieces: size) == expected)
    }

    @Test(
        "A part's head may be as long as the limit says, in whatever pieces it arrives",
        arguments: [1, 2, 3, 4096]
    )
    func longestHead(_ size: Int) throws {
        for (length, isTaken) in [(16 << 10, true), ((16 << 10) + 1, false)] {
            let disposition = "Content-Disposition: form-data; name=f\r\nX: "
            let filling = String(repeating: "x", count: length - disposition.utf8.count)
            let form = Array("--b\r\n\(disposition)\(filling)\r\n\r\nz\r\n--b--".utf8)
            let read = try? Self.read(form, boundary: "b", pieces: size)
            #expect((read == ["f -", "7a"]) == isTaken, "\(length) bytes")
        }
    }

    @Test(
        "A form that is not well-formed, or too large in its frame, is refused, in whatever pieces it arrives"
    )
    func malformed() {
        let disposition = "Content-Disposition: form-data; name=\"file\""
        let many = (0..<40).map { "x-\($0): 1\r\n" }.joined()
        let forms: [(String, String)] = [
            ("nothing", ""),
            ("no boundary first", "hello\r\n--b\r\n\(disposition)\r\n\r\nx\r\n--b--\r\n"),
            ("line feeds alone", "--b\n\(disposition)\n\nx\n--b--\n"),
            ("another boundary", "--c\r\n\(disposition)\r\n\r\nx\r\n--c--\r\n"),
            ("a boundary that goes on", "--b\r\n\(disposition)\r\n\r\nx\r\n--bc\r\n"),
            ("no end", "--b\r\n\(disposition)\r\n\r\nx"),
            ("no end of the head", "--b\r\n\(disposition)"),
            ("a head without end", "--b\r\nx: " + String(repeating: "y", count: 20_000)),
            ("a head too long", "--b\r\nx: \(String(repeating: "y", count: 17_000))\r\n\r\nx\r\n--b--"),
            ("too many fields", "--b\r\n\(many)\(disposition)\r\n\r\nx\r\n--b--\r\n"),
            ("a field twice", "--b\r\n\(disposition)\r\n\(disposition)\r\n\r\nx\r\n--b--\r\n"),
            ("a folded field", "--b\r\n\(disposition)\r\n ; x=1\r\n\r\nx\r\n--b--\r\n"),
            ("a control character", "--b\r\n\(disposition)\u{0}\r\n\r\nx\r\n--b--\r\n"),
            ("a lone carriage return", "--b\r\n\(disposition)\rx: 1\r\n\r\nx\r\n--b--\r\n"),
            ("no disposition", "--b\r\nx: 1\r\n\r\nx\r\n--b--\r\n"),
            ("no name", "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n"),
            ("two names", "--b\r\n\(disposition); name=\"x\"\r\n\r\nx\r\n--b--\r\n"),
            ("an open quote", "--b\r\nContent-Disposition: form-data; name=\"x\r\n\r\nx\r\n--b--\r\n"),
            ("an attachment", "--b\r\nContent-Disposition: attachment; name=x\r\n\r\nx\r\n--b--\r\n"),
            ("more after the end", "--b--" + String(repeating: "x", count: 2000)),
            (
                "too many parts",
                String(repeating: "--b\r\n\(disposition)\r\n\r\n\r\n", count: 65) + "--b--\r\n"
            ),
        ]
        for (claim, form) in forms {
            for pieces in [1, 5, 100_000] {
                let code = refusalCode { try Self.read(Array(form.utf8), boundary: "b", pieces: pieces) }
                #expect(code == "upload.form", "\(claim), in pieces of \(pieces)")
            }
        }
    }

    @Test(
        "A boundary is 1 to 70 plain bytes of a form's content type",
        arguments: [
            ("multipart/form-data; boundary=abc", "abc"), ("Multipart/Form-Data;boundary=\"a b\"", "a b"),
            ("multipart/form-data; charset=utf-8; boundary=abc;", "abc"), ("multipart/form-data", nil),
            ("multipart/form-data; boundary=", nil), ("multipart/form-data; boundary=\"\"", nil),
            ("multipart/form-data; boundary=\"a \"", nil), ("multipart/mixed; boundary=abc", nil),
            ("multipart/form-data; boundary=a; boundary=b", nil),
            ("multipart/form-data; boundary=\"a\\\"", nil),
            ("multipart/form-data; boundary=\(String(repeating: "a", count: 71))", nil), (nil, nil),
            ("multipart/form-data; boundary=\"a\r\nb\"", nil),
        ] as [(String?, String?)]
    )
    func boundaries(_ type: String?, _ boundary: String?) {
        #expect((try? MultipartHead.boundary(type)).map { String(decoding: $0, as: UTF8.self) } == boundary)
    }

    @Test("A form with other fields, without a package, or whose parts contradict each other is refused")
    func contradictions() async throws {
        let scene = try await UploadScene()
        let (name, bytes) = try UploadScene.package()
        let zeros = String(repeating: "0", count: 64), length = "\(bytes.count)"
        let cases: [(String, String, (inout FormDraft) -> Void)] = [
            ("upload.form", "no package", { $0.add("attestation", [1]) }),
            ("upload.form", "another field", { $0.add("extra", []) }),
            ("upload.form", "a field in another case", { $0.add("File", bytes, fileName: name) }),
            ("upload.form", "no file name", { $0.add("file", bytes) }),
            (
                "upload.form", "two attestations",
                {
                    $0.add("attestation", []); $0.add("attestation", [])
                }
            ),
            (
                "upload.form", "two packages",
                {
                    $0.add("file", bytes, fileName: name)
                    $0.add("file", bytes, fileName: "b-1-0.conda")
                }
            ),
            (
                "upload.form", "no number",
                { $0.add("file", bytes, fileName: name, [("content-length", "x")]) }
            ),
            (
                "upload.length", "too short",
                { $0.add("file", bytes, fileName: name, [("content-length", "1")]) }
            ),
            (
                "upload.length", "too long",
                {
                    $0.add("file", bytes, fileName: name, [("content-length", length + "0")])
                }
            ),
            (
                "upload.digest", "another digest",
                {
                    $0.add("file", bytes, fileName: name, [("x-file-sha256", zeros)])
                }
            ),
            (
                "upload.name", "another name",
                {
                    $0.add("file", bytes, fileName: name, [("x-file-name", "b-1-0.conda")])
                }
            ),
            (
                "upload.too-large", "an endless attestation",
                {
                    $0.add("file", bytes, fileName: name)
                    $0.add("attestation", [UInt8](repeating: 0x20, count: 17 << 20))
                }
            ),
            (
                "upload.form", "no end",
                {
                    $0.add("file", bytes, fileName: name); $0.isEnded = false
                }
            ),
        ]
        for (code, claim, arrange) in cases {
            var form = FormDraft()
            arrange(&form)
            #expect(try await scene.send(form).code == code, "\(claim)")
            try await scene.demandNothing(claim)
        }
        var both = FormDraft()
        both.add("files", bytes, fileName: name)
        both.add("files", bytes, fileName: name)
        #expect(try await scene.send(both, "/api/channels/main/files").code == "upload.form")
        #expect(try await scene.send(FormDraft(), "/api/channels/main/files").code == "upload.form")
        try await scene.demandNothing("quetz")
    }
}
