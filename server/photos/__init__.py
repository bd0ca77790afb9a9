"""Photos of evidence (证据照片): given in a talk, made safe, kept encrypted, shown when it is time.

rule         bounds and refusals
decoding     a program of its own that turns any bytes into a picture, or dies; decoder runs it
service      giving and looking, with the rows in repository; routes is the door
taking_back  what was given by mistake
"""
