// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@testable import ContentTrust

@Suite("mamba's form of a record")
struct MambaFormTests {
    @Test("The form has the members that mamba writes, in order, and nothing is escaped but what must be")
    func bytes() throws {
        var record = ClientScene.plainRecord
        record.set("license", "Zlib ä \u{7F} \u{1} \"\\/\n")
        let form = try MambaForm(of: record)
        let expected = """
            {
              "build": "h1_0",
              "build_number": 0,
              "depends": [
                "libgcc >=13",
                "bzip2"
              ],
              "license": "Zlib ä \u{7F} \\u0001 \\"\\\\/\\n",
              "md5": "abababababababababababababababab",
              "name": "zlib",
              "sha256": "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
              "size": 1234,
              "subdir": "linux-64",
              "timestamp": 1700000000,
              "version": "1.3"
            }
            """
        #expect(form.bytes == Array(expected.utf8))
        #expect(form.uncovered == ["license_family"])
    }

    @Test(
        "Match specs come back as libsolv writes them",
        arguments: [
            ("python", "python"), ("NumPy", "numpy"), ("python >=3.6", "python >=3.6"),
            ("python>=3.6", "python >=3.6"),
            ("a ==1.0", "a 1.0"), ("b =1.2", "b 1.2*"), ("d  >=1", "d >=1"), ("x >=1, <2 ", "x >=1,<2"),
            ("foo 1.2 py_0", "foo 1.2 py_0"), ("foo=1.2=py_0", "foo 1.2 py_0"),
            ("foo ==1.2 b*", "foo ==1.2 b*"),
            ("foo =1.2 b*", "foo 1.2 b*"), ("conda-forge::x 1", "x 1"), ("*foo", "*foo *"), ("^a$", "^a$ *"),
            ("foo[version=1]", "foo[version 1]*"), ("foo =", "foo *"), ("foo ==", "foo "),
            ("foo =1|2", "foo =1|2"),
            ("foo 1.2=", "foo 1.2="), ("foo >=1 , <2", "foo >=1,<2"), ("foo 1 - b", "foo 1- b"),
        ]
    )
    func specs(_ written: String, _ expected: String) {
        #expect(MambaSpec.rewritten(Array(written.utf8)) == Array(expected.utf8))
    }

    @Test(
        "A spec without a name is left out, and of equal ones the first is kept",
        arguments: ["depends", "constrains"]
    )
    func lists(_ key: String) throws {
        var record = ClientScene.plainRecord
        record.set("depends", nil)
        record.set(key, [" =1", "a", "b =1", "a", "b 1*", 7])
        let written = try JSONReader.read(MambaForm(of: record).bytes, of: "form").object?[key]
        // Constraints are kept as often as they are there.
        #expect(written == (key == "depends" ? ["a", "b 1*"] : ["a", "b 1*", "a", "b 1*"]))
    }

    @Test(
        "What a record lacks or says otherwise is empty",
        arguments: [
            ("license", nil, ""), ("license", .null, ""), ("license", ["MIT"], ""), ("license", "<NULL>", ""),
            ("size", nil, 0), ("size", -1, 0), ("timestamp", nil, 0),
            ("timestamp", 253_402_300_799, 253_402_300_799),
            ("timestamp", 253_402_300_800, 253_402_300), ("md5", "zz", ""), ("md5", nil, ""),
            ("sha256", "ab", ""),
            ("md5", "ABABABABABABABABABABABABABABABABff", "abababababababababababababababab"),
            ("subdir", nil, "noarch"), ("depends", nil, []), ("depends", "a", []), ("constrains", [], nil),
            ("constrains", .null, nil),
            ("build_number", "1", 0),
        ] as [(String, JSONValue?, JSONValue?)]
    )
    func defaults(_ key: String, _ written: JSONValue?, _ expected: JSONValue?) throws {
        var record = ClientScene.plainRecord
        record.set(key, written)
        let form = try MambaForm(of: record, in: MambaForm.Index(subdir: "noarch"))
        #expect(try JSONReader.read(form.bytes, of: "form").object?[key] == expected)
    }

    @Test(
        "mamba adds pip to python, and takes python from pip, where the index lists pip",
        arguments: [
            ("python", "3.12", true, ["python", "b", "pip"]), ("python", "1.5", true, ["python", "b"]),
            ("python", "3.12", false, ["python", "b"]), ("pip", "24", true, ["b"]),
            ("pip", "24", false, ["python", "b"]),
            ("other", "3", true, ["python", "b"]),
        ] as [(String, String, Bool, JSONValue)]
    )
    func pip(_ name: String, _ version: String, _ isListed: Bool, _ expected: JSONValue) throws {
        var record = ClientScene.plainRecord
        record.set("name", .string(name))
        record.set("version", .string(version))
        record.set("depends", ["python", "b"])
        let form = try MambaForm(of: record, in: MambaForm.Index(listsPip: isListed))
        #expect(try JSONReader.read(form.bytes, of: "form").object?["depends"] == expected)
    }

    @Test(
        "A record that mamba does not take has no form",
        arguments: [
            ("name", nil, .missing("name")), ("version", nil, .missing("version")),
            ("build", nil, .missing("build")),
            ("build_number", nil, .missing("build_number")), ("name", 1, .type("name")),
            ("license", "a\u{0}b", .zeroCharacter("license")),
            ("depends", ["a\u{0}b"], .zeroCharacter("depends")),
        ] as [(String, JSONValue?, MambaForm.Obstacle)]
    )
    func obstacles(_ key: String, _ written: JSONValue?, _ expected: MambaForm.Obstacle) {
        var record = ClientScene.plainRecord
        record.set(key, written)
        #expect(throws: expected) { try MambaForm(of: record) }
        #expect(throws: MambaForm.Obstacle.noObject) { try MambaForm(of: "text") }
    }

    @Test(
        "Numbers are written as mamba's JSON library writes them",
        arguments: [
            ("18446744073709551615", "18446744073709551615"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("18446744073709551616", "1.8446744073709552e+19"), ("-0", "0"), ("-0.0", "-0.0"),
            ("1.10", "1.1"),
            ("1e22", "1e+22"), ("1e15", "1e+15"), ("1e14", "100000000000000.0"),
            ("1234567890123456.5", "1.2345678901234565e+15"),
            ("0.0001", "0.0001"), ("0.00001", "1e-05"),
        ]
    )
    func numbers(_ written: String, _ expected: String) throws {
        let value = try JSONReader.read(Array(written.utf8), of: "number")
        #expect(MambaJSON.encode(value) == Array(expected.utf8))
    }

    @Test("Without indentation nothing stands between the tokens")
    func compact() {
        let value: JSONValue = ["b": [1, [], [:]], "a": "é"]
        #expect(MambaJSON.encode(value, indented: false) == Array(#"{"a":"é","b":[1,[],{}]}"#.utf8))
    }
}
