// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TrustCore

extension Fuzzer {
    /// The strict JSON reader; what it reads survives being written, as JSON and as canonical JSON.
    static let json = Fuzzer("json") { bytes in
        let value = try JSONReader.read(bytes, of: "input", limits: JSONLimits(bytes: 1 << 20))
        for style in [JSONWriter.Style.compact, .indented] {
            let again = Finding.ifRefused("what we write is refused") {
                try JSONReader.read(JSONWriter.encode(value, style), of: "copy")
            }
            Finding.unless(again == value, "what was written is not what was read")
        }
        checkObject(value)
        let canonical = try CanonicalJSON.encode(value)
        let isJSON = !canonical.contains { $0 < 0x20 }
        guard let again = try Finding.accepted({ try JSONReader.read(canonical, of: "canonical") }) else {
            return Finding.unless(!isJSON, "canonical JSON without control characters is refused")
        }
        Finding.unless(isJSON, "a control character was read")
        Finding.unless(try CanonicalJSON.encode(again) == canonical, "the canonical form has two forms")
    }

    /// Looks every member up, whichever way the object is searched.
    private static func checkObject(_ value: JSONValue) {
        for element in value.array ?? [] { checkObject(element) }
        guard let object = value.object else { return }
        for member in object.members {
            Finding.unless(object[member.key] == member.value, "a member is not found under its key")
            checkObject(member.value)
        }
        var copy = object
        for key in object.keys { copy[key] = nil }
        Finding.unless(copy.count == 0, "a member cannot be removed")
    }
}
