"""Bytes in, one frozen `ParsedMail` out. Total: any bytes, never an exception; every repair is listed in `defects`."""
