// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import TrustCore

extension Fuzzer {
    /// The form that conda content trust signs: straight from the text and by way of values it is the same, or both
    /// refuse. It is its own form.
    static let pythonJSON = Fuzzer("python-json") { bytes in
        let limits = JSONLimits(bytes: 1 << 20, depth: 32, values: 100_000)
        let direct = try Finding.accepted {
            try PythonJSON.canonical(of: bytes[...], subject: "input", limits: limits)
        }
        let byValue = try Finding.accepted {
            try PythonJSON.encode(JSONReader.read(bytes, of: "input", limits: limits), of: "input")
        }
        Finding.unless(direct == byValue, "the two ways differ")
        checkAppending(bytes, direct, limits)
        guard let direct else { return }
        Finding.unless(
            direct.allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || $0 == 0x0A },
            "something else than printable ASCII"
        )
        let wide = JSONLimits(bytes: 1 << 26, depth: 32, values: 100_000)
        let again = Finding.ifRefused("the form itself is refused") {
            try PythonJSON.canonical(of: direct[...], subject: "form", limits: wide)
        }
        Finding.unless(again == direct, "the form has another form")
    }

    /// Behind other bytes, and from the middle of other text, it is the same.
    private static func checkAppending(_ bytes: [UInt8], _ form: [UInt8]?, _ limits: JSONLimits) {
        var buffer: [UInt8] = [0xFF]
        let text = ([0x22] + bytes + [0x22]).dropFirst().dropLast()
        do {
            try PythonJSON.appendCanonical(of: text, subject: "slice", limits: limits, to: &buffer)
        } catch { Finding.unless(form == nil, "a slice is refused") }
        Finding.unless(buffer == [0xFF] + (form ?? []), "the buffer holds something else")
    }
}
