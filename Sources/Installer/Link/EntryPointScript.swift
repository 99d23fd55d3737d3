// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats

/// The program that an entry point becomes, in the words that conda and rattler use.
enum EntryPointScript {
    /// The text of the program.
    static func text(_ point: EntryPoint, python: PythonSite, prefix: String) -> [UInt8] {
        let imported = point.function.split(separator: ".").first ?? ""
        let shebang = Shebang.line("#!\(prefix)/bin/python", version: python.version, prefix: prefix)
        return Array(
            """
            \(shebang)
            # -*- coding: utf-8 -*-
            import re
            import sys

            from \(point.module) import \(imported)

            if __name__ == '__main__':
            \tsys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])
            \tsys.exit(\(point.function)())

            """.utf8
        )
    }
}

/// The first line of a script, which the kernel reads only so far and only without spaces in it.
enum Shebang {
    /// The longest line that Linux reads, in bytes.
    static let maximumLength = 127

    static func line(_ start: String, version: String, prefix: String) -> String {
        usable(
            start + version,
            hasSpace: prefix.utf8.contains(0x20),
            executable: start.dropFirst(2) + version,
            rest: ""
        )
    }

    /// The line with the placeholder replaced, in a form that works however long the prefix is.
    ///
    /// A line that is too long, or has a space in its path, becomes `#!/usr/bin/env NAME`, or for Python a
    /// text that is both shell and Python and starts the very interpreter.
    static func replaced(_ line: [UInt8], _ placeholder: [UInt8], _ prefix: [UInt8]) -> [UInt8] {
        let result = Replacement.text(line, placeholder, prefix)
        let hasSpace = prefix.contains(0x20)
        guard result != line, hasSpace || result.count > maximumLength else { return result }
        // Split before replacing: a space in the prefix does not end the program's path.
        let start = line[2...].firstIndex { $0 != 0x20 } ?? line.endIndex
        let end = line[start...].firstIndex { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D } ?? line.endIndex
        let executable = Replacement.text(Array(line[start..<end]), placeholder, prefix)
        let rest = Replacement.text(Array(line[end...]), placeholder, prefix)
        guard let whole = String(validating: result, as: UTF8.self),
            let executable = String(validating: executable, as: UTF8.self),
            let rest = String(validating: rest, as: UTF8.self)
        else { return result }
        return Array(usable(whole, hasSpace: hasSpace, executable: executable[...], rest: rest).utf8)
    }

    private static func usable(_ line: String, hasSpace: Bool, executable: Substring, rest: String) -> String
    {
        guard hasSpace || line.utf8.count > maximumLength else { return line }
        let name = executable.split(separator: "/").last ?? executable
        if isPython(name) { return "#!/bin/sh\n'''exec' \"\(executable)\"\(rest) \"$0\" \"$@\" #'''" }
        return "#!/usr/bin/env \(name)\(rest)"
    }

    /// `python`, `python3`, `python3.12`.
    private static func isPython(_ name: Substring) -> Bool {
        guard name.utf8.starts(with: "python".utf8) else { return false }
        return name.utf8.dropFirst(6).allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
    }
}
